"""What the demo computes: the file each recipe becomes.

Names are as mixed as in a real library: folders, plain names, and a few in the style of the
Universal Category System (category, title, library, take).
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from demo.synth import (
    alarms,
    bells,
    birds,
    body,
    electronics,
    fire,
    footsteps,
    household,
    insects,
    machines,
    music,
    telephony,
    vehicles,
    water,
    weapons,
    weather,
)
from demo.synth.signals import Random, Sound, finished


@dataclass(frozen=True)
class Recipe:
    """A file of the library and the function that computes its sound."""

    path: str
    maker: Callable[[Random], Sound]
    take: int = 1  # chance plays each take differently; this is the one we kept

    def sound(self) -> Sound:
        """The same on every run: the seed is the recipe's own name and the take."""
        seed = zlib.crc32(self.maker.__name__.encode()) + self.take - 1
        return finished(self.maker(np.random.default_rng(seed)))


RECIPES = (
    Recipe("Alarms/air_raid_siren.wav", alarms.civil_defence),
    Recipe("Alarms/alarm_clock_digital.wav", alarms.digital_clock),
    Recipe("Alarms/ALRMSirn_Police siren wail_FSND_01.wav", alarms.wail_siren),
    Recipe("Alarms/ambulance_two_tone_europe.mp3", alarms.two_tone_siren),
    Recipe("Alarms/car_alarm_six_tones.wav", alarms.car_alarm),
    Recipe("Alarms/lorry_reversing_beeper.wav", alarms.reversing_lorry),
    Recipe("Alarms/siren_yelp_fast.wav", alarms.yelp_siren),
    Recipe("Alarms/smoke_detector_T3.wav", alarms.smoke_alarm),
    Recipe("Ambience/thunderstorm_village_75s.mp3", weather.thunderstorm),
    Recipe("Animals/Birds/baby_chicks.wav", birds.chicks),
    Recipe("Animals/Birds/crow_cawing.wav", birds.crow, take=6),
    Recipe("Animals/Birds/dawn_chorus_stereo.flac", birds.dawn_chorus),
    Recipe("Animals/Birds/songbird_solo.wav", birds.songbird),
    Recipe("Animals/Insects/crickets_night_stereo.flac", insects.crickets, take=6),
    Recipe("Animals/Insects/housefly_at_window.wav", insects.housefly),
    Recipe("Bells/BELLChrch_Church bell tolling_FSND_01.wav", bells.church_bell),
    Recipe("Bells/BELLDoor_Doorbell ding dong_FSND_03.wav", bells.doorbell),
    Recipe("Bells/bicycle_bell_ring.wav", bells.bicycle_bell),
    Recipe("Bells/handbell_reception.wav", bells.hand_bell),
    Recipe("Bells/school_bell.wav", bells.school_bell),
    Recipe("Bells/singing_bowl_long.flac", bells.singing_bowl),
    Recipe("Bells/sleigh_bells_trot.wav", bells.sleigh_bells),
    Recipe("Bells/wind_chimes_garden.flac", bells.wind_chimes),
    Recipe("Electronic/game_over_8bit.wav", electronics.game_over),
    Recipe("Electronic/morse_code_SOS.wav", electronics.morse),
    Recipe("Electronic/pink_noise_5s.wav", electronics.pink_noise),
    Recipe("Electronic/radio_between_stations.wav", electronics.radio_static),
    Recipe("Electronic/robot_talk_R5.wav", electronics.robot_chatter),
    Recipe("Electronic/sine_sweep_20_16k.wav", electronics.sweep),
    Recipe("Electronic/sonar_ping.wav", music.sonar),
    Recipe("Electronic/tone_1kHz_-3dBFS.wav", electronics.test_tone),
    Recipe("Electronic/white_noise_5s.wav", electronics.white_noise),
    Recipe("Electronic/WHOOSH_three_passes.wav", electronics.whoosh),
    Recipe("Fire/campfire_crackling.flac", fire.campfire),
    Recipe("Fire/match_strike.wav", fire.match),
    Recipe("Fire/steam_valve_release.wav", fire.steam),
    Recipe("Footsteps/gravel_path_walk.wav", footsteps.gravel),
    Recipe("Footsteps/snow_crunch_walk.wav", footsteps.snow),
    Recipe("Footsteps/wooden_floor_boots.wav", footsteps.wooden_floor),
    Recipe("Household/coins_dropped_on_table.wav", bells.coins),
    Recipe("Household/Doors/DOORSlam_Front door slam_FSND_04.wav", household.door_slam),
    Recipe("Household/Doors/knock_on_wooden_door.wav", household.knocking),
    Recipe("Household/Kitchen/dishes_clatter.wav", household.dishes),
    Recipe("Household/Kitchen/glasses_clinking.wav", household.clinking_glasses),
    Recipe("Impacts/glass_smash.wav", household.breaking_glass),
    Recipe("Impacts/hammer_and_nail.wav", household.hammering),
    Recipe("Machines/chainsaw_cutting.wav", machines.chainsaw),
    Recipe("Machines/clock_ticking_mantel.wav", machines.ticking_clock),
    Recipe("Machines/cordless_drill.wav", machines.drill),
    Recipe("Machines/hand_saw_wood.wav", machines.sawing),
    Recipe("Machines/vacuum_cleaner.wav", machines.vacuum_cleaner),
    Recipe("Music/Drums/rock_beat_104bpm.wav", music.drum_kit),
    Recipe("Music/guitar_two_chords.flac", music.guitar),
    Recipe("Music/music_box_lullaby.mp3", music.music_box),
    Recipe("Music/organ_cadence.flac", music.organ),
    Recipe("Music/piano_phrase.flac", music.piano),
    Recipe("Music/violin_phrase.flac", music.violin),
    Recipe("Music/Woodwind/flute_melody_synth.wav", music.flute),
    Recipe("Music/xylophone_run.wav", music.xylophone),
    Recipe("Office/keyboard_typing_fast.wav", machines.typing),
    Recipe("People/applause_hall_stereo.flac", body.applause, take=5),
    Recipe("People/crowd_cheer_stadium.wav", body.crowd),
    Recipe("People/heartbeat_resting.wav", body.heartbeat),
    Recipe("People/whistling_a_tune.wav", body.whistling),
    Recipe("Telephone/busy_signal.wav", telephony.busy_tone),
    Recipe("Telephone/dial_tone_US.wav", telephony.dial_tone),
    Recipe("Telephone/DTMF_dialling_ten_digits.wav", telephony.dialled_number),
    Recipe("Telephone/fax_modem_handshake.wav", telephony.fax_handshake),
    Recipe("Telephone/mobile_ringtone_1998.mp3", telephony.ringtone),
    Recipe("Telephone/ringback.wav", telephony.ringback_tone),
    Recipe("Telephone/rotary_phone_ringing.wav", telephony.old_telephone),
    Recipe("Transport/Air/AEROHeli_Helicopter hovering_FSND_01.wav", vehicles.helicopter),
    Recipe("Transport/Boats/ship_foghorn_harbour.wav", vehicles.ship_horn),
    Recipe("Transport/Cars/car_accelerating_two_gears.wav", vehicles.accelerating),
    Recipe("Transport/Cars/horn_double_honk.wav", vehicles.car_horn),
    Recipe("Transport/motorcycle_revving.wav", vehicles.motorcycle),
    Recipe("Transport/Rail/steam_locomotive_leaving.wav", vehicles.steam_train),
    Recipe("Transport/Rail/train_horn_K5LA.wav", vehicles.train_horn),
    Recipe("Water/basin_draining.wav", water.gurgling),
    Recipe("Water/OCEAN_waves_on_beach_stereo.flac", water.sea),
    Recipe("Water/pouring_a_glass.wav", water.pouring),
    Recipe("Water/splash_big.wav", water.splash),
    Recipe("Water/stream_small_brook.wav", water.stream),
    Recipe("Water/tap_dripping.wav", water.dripping),
    Recipe("Water/WATRFall_Waterfall close_FSND_02.wav", water.waterfall),
    Recipe("Weapons/arrow_into_target.wav", weapons.arrow),
    Recipe("Weapons/cannon_single.wav", weapons.cannon),
    Recipe("Weapons/explosion_large_debris.wav", weapons.explosion),
    Recipe("Weapons/fireworks_three_rockets.mp3", weapons.fireworks),
    Recipe("Weapons/machine_gun_bursts.wav", weapons.machine_gun),
    Recipe("Weapons/pistol_three_shots.wav", weapons.gunshots),
    Recipe("Weapons/SCIFI_laser_zaps.wav", weapons.laser_zaps),
    Recipe("Weather/rain_heavy_stereo.flac", weather.heavy_rain, take=2),
    Recipe("Weather/rain_light_on_leaves.wav", weather.light_rain, take=2),
    Recipe("Weather/rain_on_tin_roof.wav", weather.rain_on_roof),
    Recipe("Weather/thunder_close_crack.wav", weather.near_thunder, take=2),
    Recipe("Weather/thunder_distant_rumble.wav", weather.far_thunder),
    Recipe("Weather/wind_blizzard_stereo.flac", weather.blizzard),
    Recipe("Weather/WINDGust_Howling wind in chimney_FSND_01.wav", weather.howling_wind),
)
